/* Light or dark as the person chose, before the first paint; without a choice the system decides. */
(function () {
  var root = document.documentElement;
  function show(choice) {
    if (choice) root.dataset.bsTheme = choice; else root.removeAttribute('data-bs-theme');
    document.querySelectorAll('[data-theme]').forEach(function (b) { b.setAttribute('aria-pressed', String(b.dataset.theme === choice)); });
  }
  var chosen = '';
  try { chosen = localStorage.getItem('hanse-theme') || ''; } catch (e) { /* storage may be closed to us: the system decides */ }
  show(chosen);
  document.addEventListener('DOMContentLoaded', function () { show(chosen); });
  document.addEventListener('click', function (event) {
    var button = event.target.closest('[data-theme]');
    if (!button) return;
    chosen = button.dataset.theme;
    try { localStorage.setItem('hanse-theme', chosen); } catch (e) { /* it holds for this page only */ }
    show(chosen);
    document.dispatchEvent(new Event('hanse:theme'));
  });
})();
