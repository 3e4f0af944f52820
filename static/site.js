// Starts the components of GOV.UK Frontend.
import { initAll } from "./govuk/govuk-frontend.min.js";
document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();
