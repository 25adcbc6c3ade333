// Closes an open menu as menus close: with Escape, by a click elsewhere, and when the focus goes elsewhere.
function closeAllBut(element) {
    for (const menu of document.querySelectorAll(".menu[open]")) {
        if (!menu.contains(element)) menu.open = false;
    }
}

document.addEventListener("click", (event) => closeAllBut(event.target));
document.addEventListener("focusin", (event) => closeAllBut(event.target));
document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest(".menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
});
