// One job: totals as you type, keys and pasting in a grid of amounts. The page works without it.
import { pence, shown } from "./amounts.js";

function start(grid) {
  const table = grid.querySelector("table");
  const status = grid.querySelector("[data-entry-grid-status]");
  const rows = () => [...table.querySelectorAll("[data-row]")].map((row) => [...row.querySelectorAll("[data-cell]")]);

  const total = () => {
    const columns = [];
    let grand = 0n;
    for (const cells of rows()) {
      let sum = 0n;
      let any = false;
      cells.forEach((input, column) => {
        const amount = pence(input.value);
        const read = input.parentElement.querySelector(".entry-grid__read");
        const plain = input.value.replace(/[£,\s]/g, "");
        if (read) {
          read.textContent = amount === undefined ? "cannot be read"
            : amount === null || /^-?\d*(\.\d{1,2})?$/.test(plain) ? "" : `= £${shown(amount)}`.replace("£-", "-£").replace("£-", "nil");
          if (amount === 0n) read.textContent = "";
        }
        if (typeof amount === "bigint") { any = true; sum += amount; columns[column] = (columns[column] ?? 0n) + amount; }
      });
      const cell = cells[0]?.closest("tr").querySelector("[data-row-total]");
      if (cell) cell.textContent = any ? shown(sum) : "";
      grand += sum;
    }
    table.querySelectorAll("[data-column-total]").forEach((cell, column) => { cell.textContent = shown(columns[column] ?? 0n); });
    table.querySelector("[data-grand-total]").textContent = shown(grand);
  };

  const move = (input, down, across) => {
    const all = rows();
    const row = all.findIndex((cells) => cells.includes(input));
    const next = all[row + down]?.[all[row].indexOf(input) + across];
    if (next) { next.focus(); next.select(); }
    return Boolean(next);
  };

  table.addEventListener("input", total);
  table.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!input.matches?.("[data-cell]") || event.ctrlKey || event.metaKey || event.altKey) return;
    const atStart = input.selectionStart === 0 && input.selectionEnd === 0;
    const atEnd = input.selectionStart === input.value.length;
    const all = input.selectionStart === 0 && input.selectionEnd === input.value.length;
    const moves = {
      ArrowUp: () => move(input, -1, 0),
      ArrowDown: () => move(input, 1, 0),
      Enter: () => { move(input, 1, 0); return true; }, // never sends the form from within the grid
      ArrowLeft: () => (atStart || all) && move(input, 0, -1),
      ArrowRight: () => (atEnd || all) && move(input, 0, 1),
    };
    if (moves[event.key]?.()) event.preventDefault();
  });
  table.addEventListener("paste", (event) => {
    const input = event.target;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!input.matches?.("[data-cell]") || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const all = rows();
    const top = all.findIndex((cells) => cells.includes(input));
    const left = all[top].indexOf(input);
    let pasted = 0;
    let lost = 0;
    text.replace(/\r/g, "").replace(/\n$/, "").split("\n").forEach((line, down) => {
      line.split("\t").forEach((value, across) => {
        const cell = all[top + down]?.[left + across];
        if (cell) { cell.value = value.trim(); pasted += 1; } else if (value.trim()) lost += 1;
      });
    });
    total();
    status.textContent = `${pasted} ${pasted === 1 ? "value" : "values"} pasted` + (lost ? `; ${lost} did not fit: add rows and paste again` : "");
  });
  total();
}

document.querySelectorAll("[data-entry-grid]").forEach(start);
