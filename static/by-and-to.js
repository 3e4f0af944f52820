// One job: the amount of a paper as it is typed, both "by" and "to". The page says it without this too.
import { pence, pounds } from "./amounts.js";

const said = document.querySelector("[data-by-and-to]");
const typed = document.getElementById("id_headline");

function say() {
  const amount = pence(typed.value);
  said.hidden = typeof amount !== "bigint";
  if (said.hidden) return;
  const approved = pence(said.dataset.approved);
  const to = document.querySelector("[name=headline_basis]:checked")?.value === "to";
  said.querySelector("[data-by]").textContent = pounds(to ? amount - approved : amount);
  said.querySelector("[data-to]").textContent = pounds(to ? amount : approved + amount);
}

typed.addEventListener("input", say);
document.querySelectorAll("[name=headline_basis]").forEach((choice) => choice.addEventListener("change", say));
say();
