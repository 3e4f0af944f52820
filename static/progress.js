// Renews the part of a page that shows how far a piece of work is, until the page is another one.
const part = document.querySelector("[data-progress]");
async function renew() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-progress]");
    if (!fresh) {
      location.reload();
      return;
    }
    if (fresh.innerHTML !== part.innerHTML) part.replaceChildren(...fresh.childNodes);
  } catch {
    // the server did not answer; try again
  }
  setTimeout(renew, 1500);
}
if (part) setTimeout(renew, 1000);
