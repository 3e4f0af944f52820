// One job: says as you type whether the lines of a change that only moves money sum to nil. The page works without it.
// The sum is what entry-grid.js shows under the grid.

const form = document.querySelector("[data-balance-form]");
const words = form?.querySelector("[data-balance]");
const total = form?.querySelector("[data-grand-total]");
const kinds = new Set(form?.dataset.balanceForm.split(" "));

function tell() {
  const kind = form.querySelector("[name=kind]:checked")?.value;
  words.hidden = !kinds.has(kind);
  const sum = total.textContent.trim();
  const text = sum === "-" || sum === "" ? "The lines balance."
    : `The lines do not balance: they sum to ${sum.startsWith("-") ? "-£" : "£"}${sum.replace("-", "")} and must sum to nil.`;
  if (words.textContent !== text) words.textContent = text;
}

form?.addEventListener("input", tell);
form?.addEventListener("paste", () => setTimeout(tell));
if (form) tell();
