// Says above Create Token in one sentence what will be made.
function enhance(root) {
    for (const form of root.querySelectorAll("[data-token-form]")) {
        const summary = form.querySelector("[data-summary]");
        const update = () => {
            summary.textContent = sentence(form);
        };
        summary.hidden = false;
        form.addEventListener("change", update);
        update();
    }
}

function sentence(form) {
    const place = form.querySelector("[name=reach]:checked")?.dataset.place ?? "";
    const date = form.querySelector("[name=expires_in_days]").selectedOptions[0]?.dataset.date ?? "";
    const count = form.querySelectorAll("[name=scopes]:checked").length;
    const what = form.querySelector("[data-permissions]")
        ? `have ${count} permission${count === 1 ? "" : "s"}`
        : "be able to do everything that you can do";
    return `The token will ${what} in ${place}, and expire on ${date}.`;
}

enhance(document);
document.addEventListener("gatehouse:added", (event) => enhance(event.target));
