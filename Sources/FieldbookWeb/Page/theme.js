// Runs before anything is painted, so that a chosen theme does not flash. A classic script for that reason.
(() => {
  try {
    const chosen = localStorage.getItem("fieldbook.theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch { /* storage may be forbidden: then the system's choice holds */ }
})();
