// Opens a page of this site as a dialog over this one: its title, and the part that says so.
document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-dialog]");
    const isPlain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!link || !isPlain) return;
    event.preventDefault();
    show(link.href).catch(() => location.assign(link.href));
});

async function show(address) {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const content = page.querySelector("[data-dialog-content]");
    // Somewhere else: somebody has to sign in first, or may not see it.
    if (!answer.ok || answer.redirected || !content) {
        location.assign(address);
        return;
    }
    const dialog = document.createElement("dialog");
    const title = document.createElement("h2");
    title.id = "dialog-title";
    title.textContent = page.querySelector("h1").textContent;
    dialog.setAttribute("aria-labelledby", title.id);
    const close = document.createElement("button");
    close.type = "button";
    close.className = "quiet close";
    close.setAttribute("aria-label", "Close");
    close.textContent = "×";
    close.addEventListener("click", () => dialog.close());
    dialog.append(title, close, ...document.adoptNode(content).childNodes);
    for (const cancel of dialog.querySelectorAll("a[data-close]")) {
        cancel.addEventListener("click", (event) => {
            event.preventDefault();
            dialog.close();
        });
    }
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.dispatchEvent(new Event("gatehouse:added", { bubbles: true }));
    dialog.showModal();
    // Where nothing is asked for, a key pressed too long must not answer: the way back is focused.
    (dialog.querySelector("[aria-invalid], input[type=text]") ?? dialog.querySelector("a[data-close]") ?? close).focus();
}
