/* ⌘K / Ctrl K: find a partner, an order, a code, a page. The server writes the list; the keyboard walks through it. */
(function () {
  var dialog, input, list, timer, asked = 0, active = -1;
  function options() { return Array.from(list.querySelectorAll('[role=option]')); }
  function mark(index) {
    var all = options();
    active = all.length ? (index + all.length) % all.length : -1;
    all.forEach(function (o, i) { o.classList.toggle('on', i === active); o.setAttribute('aria-selected', String(i === active)); });
    if (active >= 0) { input.setAttribute('aria-activedescendant', all[active].id); all[active].scrollIntoView({ block: 'nearest' }); }
    else input.removeAttribute('aria-activedescendant');
  }
  function ask() {
    var mine = ++asked;
    fetch(dialog.dataset.source + '?q=' + encodeURIComponent(input.value), { headers: { 'X-Requested-With': 'fetch' } })
      .then(function (r) { return r.ok ? r.text() : ''; })
      .then(function (html) { if (mine === asked) { list.innerHTML = html; mark(0); } });
  }
  function open() { if (dialog.open) return; dialog.showModal(); input.select(); ask(); }
  document.addEventListener('DOMContentLoaded', function () {
    dialog = document.getElementById('palette');
    if (!dialog) return;
    input = dialog.querySelector('input'); list = document.getElementById('palette-list');
    if (/Mac|iPhone|iPad/.test(navigator.platform)) document.querySelectorAll('[data-key]').forEach(function (k) { k.textContent = '⌘' + k.dataset.key; });
    document.querySelectorAll('[data-palette]').forEach(function (b) { b.addEventListener('click', open); });
    input.addEventListener('input', function () { clearTimeout(timer); timer = setTimeout(ask, 120); });
    input.addEventListener('keydown', function (event) {
      if (event.key === 'ArrowDown') { event.preventDefault(); mark(active + 1); }
      else if (event.key === 'ArrowUp') { event.preventDefault(); mark(active - 1); }
      else if (event.key === 'Enter' && active >= 0) { event.preventDefault(); location.href = options()[active].dataset.href; }
    });
    list.addEventListener('click', function (event) {
      var option = event.target.closest('[role=option]');
      if (option) location.href = option.dataset.href;
    });
  });
  document.addEventListener('keydown', function (event) {
    if ((event.metaKey || event.ctrlKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'k' && dialog) { event.preventDefault(); open(); }
  });
})();
