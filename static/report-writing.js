// Writing a report: inserts at the cursor, and saves what is typed on the way. Without it the buttons do both.
//
// What is typed is kept in this browser at once and sent to the server a moment later. A lost connection
// is told and tried again; what is kept here is thrown away only when the server has it.

const PAUSE = 1500;
const RETRY = 10000;

for (const button of document.querySelectorAll("[data-insert]")) {
  const form = button.form;
  const box = form.querySelector("textarea[name=text]");
  button.addEventListener("click", (event) => {
    event.preventDefault();
    const words = form.querySelector("[name=insert]").value;
    const [from, to] = [box.selectionStart, box.selectionEnd];
    const isTable = words.startsWith("{insert:");
    const before = box.value.slice(0, from).replace(isTable ? /\s*$/ : /$/, isTable && from ? "\n\n" : "");
    const after = box.value.slice(to);
    const text = isTable ? `${words}\n` : words;
    box.value = before + text + after;
    box.selectionStart = box.selectionEnd = before.length + text.length;
    box.focus();
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

for (const form of document.querySelectorAll("form[data-autosave]")) keep(form);

function keep(form) {
  const box = form.querySelector("textarea[name=text]");
  const status = form.querySelector("[data-autosave-status]");
  const version = form.querySelector("[name=version]");
  const onlyHere = form.hasAttribute("data-autosave-here"); // nothing on the server to save it to yet
  const key = `report:${form.dataset.autosave}`;
  let timer = 0;
  let sending = false;
  let stopped = false;

  const kept = read(key);
  const sentBack = form.querySelector(".govuk-error-message, .govuk-form-group--error");
  if (kept && kept.text !== box.value && !sentBack) {
    if (onlyHere && !box.value) {
      box.value = kept.text;
      say("What you had typed here and not saved is back.");
    } else if (!onlyHere) {
      offer(kept);
    }
  }

  box.addEventListener("input", () => {
    write(key, { text: box.value, version: version ? version.value : "" });
    clearTimeout(timer);
    if (!onlyHere && !stopped) timer = setTimeout(send, PAUSE);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    stopped = true;
    forget(key);
  });
  window.addEventListener("online", () => {
    if (read(key) && !onlyHere && !stopped) send();
  });

  async function send() {
    if (sending || stopped) return;
    sending = true;
    const sent = box.value;
    const data = new FormData(form);
    data.delete("file"); // sent once, with the button
    try {
      const answer = await fetch(form.action || location.href, {
        method: "POST",
        body: data,
        headers: { "X-Autosave": "1" },
        credentials: "same-origin",
        redirect: "manual",
      });
      if (answer.type === "opaqueredirect" || answer.status === 403) {
        say("Not saved: you are signed out. What you typed is kept in this browser; sign in again in another tab.");
        timer = setTimeout(send, RETRY);
        return;
      }
      const said = await answer.json();
      if (said.state === "saved") {
        version.value = said.version;
        if (box.value === sent) {
          forget(key);
          say(`Saved at ${said.at}.`);
        } else {
          write(key, { text: box.value, version: said.version });
          timer = setTimeout(send, PAUSE);
        }
      } else if (said.state === "refused") {
        say(`Not saved yet: ${said.problems.join(" ")}`);
      } else if (said.state === "stale") {
        stopped = true;
        say("Someone else has changed this meanwhile. Choose “Save” to see their text beside yours.");
      }
    } catch {
      say("Not saved: no connection. What you typed is kept in this browser and sent when it is back.");
      timer = setTimeout(send, RETRY);
    } finally {
      sending = false;
    }
  }

  function offer(earlier) {
    const note = document.createElement("p");
    note.className = "govuk-body";
    note.textContent = "You typed something here that was not saved. ";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "govuk-button govuk-button--secondary";
    button.textContent = "Put it back";
    button.addEventListener("click", () => {
      box.value = earlier.text;
      box.dispatchEvent(new Event("input", { bubbles: true }));
      note.remove();
      box.focus();
    });
    note.append(button);
    status.before(note);
  }

  function say(words) {
    status.textContent = words;
  }
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // a browser that keeps nothing still has the button
  }
}

function forget(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // nothing was kept
  }
}
