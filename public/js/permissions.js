// Lets the name of a group toggle all of it, and counts what is selected.
function enhance(root) {
    for (const permissions of root.querySelectorAll("[data-permissions]")) {
        const updates = [...permissions.querySelectorAll("fieldset")].map(toggle);
        const counter = permissions.querySelector("[data-counter]");
        const update = () => {
            for (const one of updates) one();
            counter.textContent = `${permissions.querySelectorAll("input:checked").length} selected`;
        };
        counter.hidden = false;
        permissions.addEventListener("change", update);
        update();
    }
}

// Makes the group's name a button; answers what tells the button the state of its group.
function toggle(group) {
    const boxes = [...group.querySelectorAll("input:enabled")];
    if (boxes.length === 0) return () => {};
    const legend = group.querySelector("legend");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "group-toggle";
    button.textContent = legend.textContent;
    legend.replaceChildren(button);
    button.addEventListener("click", () => {
        const isWhole = boxes.every((box) => box.checked);
        for (const box of boxes) box.checked = !isWhole;
        group.dispatchEvent(new Event("change", { bubbles: true }));
    });
    return () => {
        const checked = boxes.filter((box) => box.checked).length;
        const state = checked === 0 ? "false" : checked === boxes.length ? "true" : "mixed";
        button.setAttribute("aria-pressed", state);
    };
}

enhance(document);
document.addEventListener("gatehouse:added", (event) => enhance(event.target));
