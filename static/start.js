// Tells the style sheet that scripts run, before the page is drawn.
document.documentElement.classList.add("govuk-frontend-supported", "js-enabled");
