/* Hanse snippet: remembers which click brought the visitor and reports conversions. Apache-2.0 */
(function (w, d) {
  'use strict';
  var tag = d.currentScript || {}, set = tag.dataset || {};
  var param = set.param || 'hz_click', name = 'hz_click', days = 400;
  var home = set.home || (tag.src ? new URL(tag.src, d.baseURI).origin : w.location.origin);
  var form = /^[A-Za-z0-9_-]{24,36}$/, agreed = set.consent !== 'required', token = '', waiting = [];

  function kept() {
    var found = d.cookie.match(new RegExp('(?:^|; )' + name + '=([A-Za-z0-9_-]{24,36})(?:;|$)'));
    return found ? found[1] : '';
  }
  function keep() {
    if (!token || !agreed) return;
    d.cookie = name + '=' + token + ';path=/;max-age=' + days * 86400 + ';samesite=lax' +
      (set.domain ? ';domain=' + set.domain : '') + (w.location.protocol === 'https:' ? ';secure' : '');
  }
  function read() {
    var given = new URLSearchParams(w.location.search).get(param) || '';
    token = form.test(given) ? given : token || kept();
    if (token === given) keep();
  }
  function fill() {
    d.querySelectorAll('form[data-hanse]').forEach(function (f) {
      var field = f.querySelector('input[name="' + param + '"]');
      if (!field) {
        field = d.createElement('input');
        field.type = 'hidden';
        field.name = param;
        f.appendChild(field);
      }
      field.value = token;
    });
  }
  function convert(order, done) {
    done = typeof done === 'function' ? done : function () {};
    if (!(order && order.click) && !token) return done(new Error('no click'), null);
    w.fetch(home + '/v1/browser/conversions', {
      method: 'POST', mode: 'cors', credentials: 'omit', keepalive: true,
      body: JSON.stringify(Object.assign({ click: token }, order))
    }).then(function (answer) {
      return answer.json().then(function (body) { done(answer.ok ? null : new Error(body.detail), body); });
    }).catch(function (error) { done(error, null); });
  }
  var verbs = {
    convert: convert,
    consent: function () { agreed = true; keep(); },
    ready: function (fn) { if (waiting) waiting.push(fn); else fn(token); },
    refresh: function () { read(); fill(); }
  };
  function hanse(verb) {
    var act = Object.prototype.hasOwnProperty.call(verbs, verb) && verbs[verb];
    if (act) return act.apply(null, [].slice.call(arguments, 1));
  }
  function start() {
    fill();
    var list = waiting;
    waiting = null;
    list.forEach(function (fn) { fn(token); });
  }

  read();
  var queue = (w.hanse && w.hanse.q) || [];
  w.hanse = hanse;
  [].forEach.call(queue, function (args) { hanse.apply(null, args); });
  if (d.readyState === 'loading') d.addEventListener('DOMContentLoaded', start); else start();
})(window, document);
