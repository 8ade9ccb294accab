// Puts a country picker beside the phone, and says what is wrong with a number before it is sent. The
// server has the last word. Without this script there is a list of countries.
const form = document.getElementById("phone-form");
const input = document.getElementById("phone");
const list = document.getElementById("country");
const problem = document.getElementById("phone-problem");
const texts = JSON.parse(document.getElementById("phone-texts").textContent);

const countries = [...list.options].map((option) => option.value.toLowerCase());
const picker = window.intlTelInput(input, {
  onlyCountries: countries,
  initialCountry: list.value.toLowerCase(),
  countryNameLocale: document.documentElement.lang,
  placeholderNumberPolicy: "OFF",
  separateDialCode: false,
  strictMode: false,
  formatAsYouType: false,
  uiTranslations: {
    selectedCountryAriaLabel: texts.selected,
    noCountrySelected: texts.select,
    countryListAriaLabel: texts.list,
    searchPlaceholder: texts.search,
    clearSearchAriaLabel: texts.clear,
    closeCountrySelectorAriaLabel: texts.close,
    searchEmptyState: texts.none,
    searchSummaryAria: (count) => (count === 0 ? texts.none : texts.found.replace("{count}", count)),
  },
});

// The list stays in the form, to be sent with it.
list.hidden = true;
document.querySelector("label[for=country]").hidden = true;
input.addEventListener("countrychange", () => {
  list.value = picker.getSelectedCountry()?.iso2.toUpperCase() ?? list.value;
});

// The picker gives its dialog no name.
input.addEventListener("open:countryselector", () => {
  document.querySelector(".iti__country-selector").setAttribute("aria-label", texts.select);
});

function mistake() {
  if (input.value.trim() === "") return texts.empty;
  if (picker.isValidNumber() !== false) return "";
  const errors = window.intlTelInput.VALIDATION_ERROR;
  switch (picker.getValidationError()) {
    case errors.TOO_SHORT:
    case errors.IS_POSSIBLE_LOCAL_ONLY: return texts.too_short;
    case errors.TOO_LONG: return texts.too_many;
    case errors.INVALID_COUNTRY_CODE: return texts.country;
    case errors.INVALID_LENGTH: return texts.length;
    default: return texts.invalid;
  }
}

function check() {
  const text = mistake();
  problem.textContent = text;
  problem.hidden = text === "";
  input.toggleAttribute("aria-invalid", text !== "");
  if (text !== "") input.setAttribute("aria-invalid", "true");
  return text === "";
}

// Nobody is told of a mistake while still typing, only when done; what was told goes away at once. The
// page must not move under a finger that presses something: then it is told when the finger is lifted.
let isPressed = false;
let isDue = false;
function checkWhenDone() {
  isDue = false;
  if (input.value.trim() !== "") check();
}
document.addEventListener("pointerdown", () => { isPressed = true; }, true);
for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, () => {
    isPressed = false;
    if (isDue) setTimeout(checkWhenDone);
  }, true);
}
input.addEventListener("blur", () => {
  if (isPressed) isDue = true; else checkWhenDone();
});
input.addEventListener("input", () => { if (!problem.hidden) check(); });
form.addEventListener("submit", (event) => {
  if (!check()) {
    event.preventDefault();
    input.focus();
  }
});
