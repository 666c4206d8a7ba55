// A live region is read out when it changes after the page has loaded, so its words are put in once more.
"use strict";
const said = document.getElementById("said");
const words = said.textContent;
if (words) {
  said.textContent = "";
  setTimeout(() => { said.textContent = words; }, 250);
}
// A letter takes a moment: the form is not sent twice.
document.addEventListener("submit", (event) => {
  event.target.setAttribute("aria-busy", "true");
  event.target.querySelector("button").disabled = true;
});
// After "back" the browser shows the page as it was left.
addEventListener("pageshow", () => {
  for (const form of document.forms) {
    form.removeAttribute("aria-busy");
    form.querySelector("button").disabled = false;
  }
});
