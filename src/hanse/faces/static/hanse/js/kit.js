/* A kit: the clock of its steps (never by itself), steps ticked off without a new page, one channel at a time,
   sharing where the device can. Without scripts the page is a plain list and every button posts. */
(function () {
  var token = document.querySelector('[name=csrfmiddlewaretoken]');
  function note(path) {
    if (path && token) fetch(path, { method: 'POST', headers: { 'X-CSRFToken': token.value }, keepalive: true });
  }
  var steps = Array.from(document.querySelectorAll('[data-kit-step]'));
  var panel = document.querySelector('[data-kit-clock]');
  if (panel && steps.length) clock(panel);

  function clock(panel) {
    var time = panel.querySelector('[data-kit-time]'), now = panel.querySelector('[data-kit-now]');
    var ring = panel.querySelector('[data-kit-ring]'), said = panel.querySelector('[data-kit-said]');
    var start = panel.querySelector('[data-kit-start]'), word = start.querySelector('span');
    var whole = steps.reduce(function (sum, step) { return sum + 60 * Number(step.dataset.minutes); }, 0);
    var key = 'kit:' + location.pathname, left = whole, begun = 0, timer = 0, at = -1;
    try { left = Math.min(whole, Math.max(0, Number(sessionStorage.getItem(key) || whole))); } catch (_error) { left = whole; }
    function rest() { return begun ? Math.max(0, left - Math.floor((Date.now() - begun) / 1000)) : left; }
    function place(gone) {
      for (var i = 0; i < steps.length; i++) { gone -= 60 * Number(steps[i].dataset.minutes); if (gone < 0) return i; }
      return steps.length;
    }
    function written(seconds) { return Math.floor(seconds / 60) + ':' + String(seconds % 60).padStart(2, '0'); }
    function after(here) { return steps.slice(here + 1).reduce(function (sum, step) { return sum + 60 * Number(step.dataset.minutes); }, 0); }
    function show() {
      var seconds = rest(), here = place(whole - seconds);
      time.textContent = written(seconds);
      now.textContent = here < steps.length ? written(seconds - after(here)) + ' · ' + steps[here].dataset.title : said.dataset.over;
      ring.setAttribute('stroke-dasharray', (100 * seconds / whole) + ' 100');
      if (here !== at) {
        steps.forEach(function (step, i) { step.classList.toggle('is-now', Boolean(begun) && i === here); });
        if (begun) said.textContent = here < steps.length ? said.dataset.next + ' ' + steps[here].dataset.title : said.dataset.over;
        at = here;
      }
      if (begun && seconds === 0) stop();
    }
    function keep() { try { sessionStorage.setItem(key, String(left)); } catch (_error) { /* private windows keep nothing */ } }
    function stop() { left = rest(); begun = 0; clearInterval(timer); keep(); word.textContent = start.dataset.go; }
    function go() {
      if (left === 0) left = whole;
      begun = Date.now(); at = -1; word.textContent = start.dataset.rest; timer = setInterval(show, 1000); show();
    }
    start.addEventListener('click', function () { if (begun) { stop(); } else { go(); } });
    panel.querySelector('[data-kit-again]').addEventListener('click', function () {
      stop(); left = whole; at = -1; keep(); show();
    });
    addEventListener('pagehide', function () { if (begun) { left = rest(); keep(); } });
    panel.hidden = false;
    show();
  }

  document.querySelectorAll('[data-kit-tick]').forEach(function (form) {
    form.addEventListener('submit', function (event) {
      event.preventDefault();
      var done = form.elements.done, button = form.querySelector('button'), is_done = done.value === '1';
      fetch(form.action, { method: 'POST', body: new FormData(form), redirect: 'manual' }).then(function () {
        button.setAttribute('aria-pressed', String(is_done));
        form.closest('[data-kit-step]').classList.toggle('is-done', is_done);
        done.value = is_done ? '0' : '1';
      }, function () { form.submit(); });
    });
  });

  var chips = document.querySelector('[data-kit-chips]');
  if (chips) {
    chips.hidden = false;
    chips.addEventListener('click', function (event) {
      var chip = event.target.closest('[data-kit-chip]');
      if (!chip) return;
      chips.querySelectorAll('button').forEach(function (one) { one.setAttribute('aria-pressed', String(one === chip)); });
      document.querySelectorAll('[data-kit-copy]').forEach(function (card) {
        card.hidden = chip.dataset.kitChip !== '' && chip.dataset.kitChip !== card.dataset.kitCopy;
      });
    });
  }

  document.querySelectorAll('[data-kit-share]').forEach(function (button) {
    if (!navigator.share) return;
    button.hidden = false;
    button.addEventListener('click', function () {
      navigator.share({ title: button.dataset.kitTitle, text: button.dataset.kitShare }).then(function () {
        note(button.dataset.copied);
      }, function () { /* the sharing was called off */ });
    });
  });
  document.querySelectorAll('[data-kit-taken]').forEach(function (link) {
    link.addEventListener('click', function () { note(link.dataset.kitTaken); });
  });
})();
