// Suggests below a text field who may be meant, while it is typed: a combobox with a list (WAI-ARIA APG). The field
// stays what it is without: any text can be typed and sent.
const pause = 150;
const shortest = 2;

// One list for all fields: it stands below the one that has the focus.
const box = document.createElement("div");
box.className = "suggestions";
const list = document.createElement("ul");
list.id = "suggestions";
list.hidden = true;
list.setAttribute("role", "listbox");
list.setAttribute("aria-label", "Suggestions");
const said = document.createElement("span");
said.className = "unseen";
said.setAttribute("role", "status");
box.append(list, said);

let field = null;
let timer = 0;
let question = null;

function enhance(root) {
    for (const input of root.querySelectorAll("[data-suggestions]")) {
        input.setAttribute("role", "combobox");
        input.setAttribute("aria-autocomplete", "list");
        input.setAttribute("aria-expanded", "false");
    }
}

function enter(input) {
    if (input === field || !input?.matches("[data-suggestions]")) return;
    field = input;
    field.after(box);
}

function leave() {
    close();
    box.remove();
    field = null;
}

// What was asked before is of no interest any more, however late its answer comes.
function forget() {
    clearTimeout(timer);
    question?.abort();
    said.textContent = "";
}

function close() {
    forget();
    mark(null);
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-controls");
}

function ask(milliseconds) {
    forget();
    mark(null);
    if ([...field.value.trim()].length < shortest) close();
    else timer = setTimeout(find, milliseconds);
}

async function find() {
    const { signal } = (question = new AbortController());
    const address = new URL(field.dataset.suggestions, location);
    address.searchParams.set("q", field.value);
    const choice = field.dataset.suggestionsChoice;
    if (choice) address.searchParams.set(choice, new FormData(field.form).get(choice) ?? "");
    try {
        // A redirect leads to the sign-in.
        const answer = await fetch(address, { headers: { Accept: "application/json" }, redirect: "error", signal });
        const { data } = answer.ok ? await answer.json() : { data: [] };
        if (!signal.aborted) show(data);
    } catch {
        if (!signal.aborted) close();
    }
}

function show(suggestions) {
    list.replaceChildren(...suggestions.map(option));
    if (suggestions.length === 0) close();
    else {
        list.hidden = false;
        field.setAttribute("aria-expanded", "true");
        field.setAttribute("aria-controls", list.id);
    }
    const count = suggestions.length || "No";
    said.textContent = `${count} suggestion${count === 1 ? "" : "s"}.`;
}

function option({ value, details }, index) {
    const option = document.createElement("li");
    option.id = `suggestion-${index + 1}`;
    option.dataset.value = value;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.append(isolated(value));
    if (details.length > 0) {
        const hint = document.createElement("span");
        hint.className = "hint";
        for (const detail of details) hint.append(hint.hasChildNodes() ? " · " : "", isolated(detail));
        option.append(" ", hint);
    }
    return option;
}

// A name in another direction of writing leaves the text around it alone.
function isolated(text) {
    const element = document.createElement("bdi");
    element.textContent = text;
    return element;
}

function marked() {
    return list.querySelector("[aria-selected=true]");
}

function mark(option) {
    marked()?.setAttribute("aria-selected", "false");
    if (!option) return field.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
}

function choose(option) {
    field.value = option.dataset.value;
    close();
}

function press(event) {
    const option = marked();
    const [first, last] = [list.firstElementChild, list.lastElementChild];
    switch (event.key) {
        case "ArrowDown":
            if (list.hidden) ask(0);
            else mark(option?.nextElementSibling ?? first);
            break;
        case "ArrowUp":
            if (list.hidden) ask(0);
            else mark(option?.previousElementSibling ?? last);
            break;
        case "Enter":
            // Without a mark it sends the form, as ever.
            if (!option) return close();
            choose(option);
            break;
        case "Escape":
            if (list.hidden) return;
            close();
            break;
        case "Tab":
            if (option) choose(option);
            return;
        default:
            return;
    }
    event.preventDefault();
}

enhance(document);
document.addEventListener("gatehouse:added", (event) => enhance(event.target));
document.addEventListener("focusin", (event) => enter(event.target));
document.addEventListener("focusout", () => {
    if (field) leave();
});
document.addEventListener("input", (event) => {
    if (event.target === field) ask(pause);
});
document.addEventListener("keydown", (event) => {
    // While a character is composed, its keys are not ours.
    if (event.target === field && !event.isComposing) press(event);
});
// Else the field would lose the focus, and the list be gone before the click.
list.addEventListener("mousedown", (event) => event.preventDefault());
list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose(option);
});
enter(document.activeElement);
