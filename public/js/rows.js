// Adds a row to a list at once; without scripts the button sends the form and gets it back with one row more.
document.addEventListener("click", (event) => {
    const button = event.target.closest("fieldset.rows button[name=add]");
    if (!button) return;
    event.preventDefault();
    const rows = button.parentElement.querySelectorAll(".row");
    const last = rows[rows.length - 1];
    const row = last.cloneNode(true);
    row.querySelector(".error")?.remove();
    const input = row.querySelector("input");
    const number = rows.length + 1;
    input.value = "";
    input.id = input.id.replace(/\d+$/, number);
    input.setAttribute("aria-label", input.getAttribute("aria-label").replace(/\d+$/, number));
    for (const name of ["aria-invalid", "aria-describedby", "autofocus"]) input.removeAttribute(name);
    last.after(row);
    input.focus();
});
