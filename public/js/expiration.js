// Says beside the lifetime on which day it ends, as it is chosen.
function enhance(root) {
    for (const select of root.querySelectorAll("[data-expiration]")) {
        const date = document.createElement("p");
        date.className = "hint";
        date.setAttribute("role", "status");
        select.after(date);
        for (const option of select.options) option.textContent = option.dataset.words;
        const update = () => {
            const chosen = select.selectedOptions[0];
            date.textContent = chosen ? `It expires on ${chosen.dataset.date}.` : "";
        };
        select.addEventListener("change", update);
        update();
    }
}

enhance(document);
document.addEventListener("gatehouse:added", (event) => enhance(event.target));
