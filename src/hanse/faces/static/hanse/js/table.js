/* Rows chosen for many at once: <form data-many> with one checkbox a row, one for all, and a .bulk bar that counts. */
(function () {
  function count(form) {
    var boxes = Array.from(form.querySelectorAll('tbody input[type=checkbox]'));
    var chosen = boxes.filter(function (b) { b.closest('tr').classList.toggle('sel', b.checked); return b.checked; }).length;
    var all = form.querySelector('[data-all]'), bar = form.querySelector('.bulk');
    if (all) { all.checked = chosen > 0 && chosen === boxes.length; all.indeterminate = chosen > 0 && chosen < boxes.length; }
    if (!bar) return;
    bar.hidden = chosen === 0;
    bar.querySelectorAll('[data-count]').forEach(function (n) { n.textContent = String(chosen); });
  }
  document.addEventListener('change', function (event) {
    var form = event.target.closest('form[data-many]');
    if (form) {
      if (event.target.matches('[data-all]')) form.querySelectorAll('tbody input[type=checkbox]').forEach(function (b) { b.checked = event.target.checked; });
      count(form);
    }
    if (event.target.matches('[data-submit]')) event.target.form.requestSubmit();
  });
  document.addEventListener('click', function (event) {
    var clear = event.target.closest('[data-clear]');
    if (!clear) return;
    var form = clear.closest('form');
    form.querySelectorAll('tbody input[type=checkbox]').forEach(function (b) { b.checked = false; });
    count(form);
  });
  document.addEventListener('DOMContentLoaded', function () { document.querySelectorAll('form[data-many]').forEach(count); });
})();
