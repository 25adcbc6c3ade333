// Puts a button Copy beside what people take elsewhere. It says "Copied" only when it was.
function enhance(root) {
    for (const source of root.querySelectorAll("[data-copy]")) {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "copy";
        button.textContent = wordOf(source);
        const said = document.createElement("span");
        said.className = "unseen";
        said.setAttribute("role", "status");
        source.after(button, said);
        button.addEventListener("click", () => copy(source, button, said));
    }
}

// An element that says what is copied names the button, such as "Copy ID".
function wordOf(source) {
    return source.dataset.copy || "Copy";
}

async function copy(source, button, said) {
    const isField = source instanceof HTMLTextAreaElement;
    try {
        await navigator.clipboard.writeText(isField ? source.value : source.textContent);
        button.textContent = said.textContent = "Copied";
    } catch {
        // No clipboard, or not for us: what is selected can be copied by hand.
        source.focus();
        if (isField) source.select();
        else getSelection().selectAllChildren(source);
        button.textContent = said.textContent = "Selected: press Ctrl+C";
    }
    setTimeout(() => {
        button.textContent = wordOf(source);
        said.textContent = "";
    }, 4000);
}

enhance(document);
document.addEventListener("gatehouse:added", (event) => enhance(event.target));
