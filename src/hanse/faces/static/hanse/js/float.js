/* What floats: dialogs (data-dialog opens, data-close shuts), popovers beside their button, toasts that leave after 8 s. */
(function () {
  document.addEventListener('click', function (event) {
    var opener = event.target.closest('[data-dialog]');
    if (opener) { var dialog = document.getElementById(opener.dataset.dialog); if (dialog) dialog.showModal(); return; }
    var shut = event.target.closest('[data-close]');
    if (shut) { shut.closest('dialog').close(); return; }
    var dismiss = event.target.closest('[data-dismiss]');
    if (dismiss) { dismiss.closest('[data-toast]').remove(); return; }
    if (event.target.tagName === 'DIALOG' && event.target.open && !inside(event.target, event)) event.target.close();
  });
  function inside(box, event) {
    var r = box.getBoundingClientRect();
    return event.clientX >= r.left && event.clientX <= r.right && event.clientY >= r.top && event.clientY <= r.bottom;
  }

  /* The browser opens and shuts popovers by itself; here they only learn their place. */
  document.addEventListener('toggle', function (event) {
    var pop = event.target;
    if (event.newState !== 'open' || !pop.hasAttribute || !pop.hasAttribute('popover')) return;
    var button = document.querySelector('[popovertarget="' + CSS.escape(pop.id) + '"]');
    if (!button) return;
    var b = button.getBoundingClientRect(), w = pop.offsetWidth, h = pop.offsetHeight, gap = 6;
    var left = pop.classList.contains('menu') ? b.right - w : b.left - 8;
    var below = b.bottom + gap + h <= innerHeight;
    pop.style.left = Math.max(8, Math.min(left, innerWidth - w - 8)) + 'px';
    pop.style.top = Math.max(8, below ? b.bottom + gap : b.top - gap - h) + 'px';
  }, true);
  addEventListener('scroll', function () {
    document.querySelectorAll('[popover]:popover-open').forEach(function (pop) { pop.hidePopover(); });
  }, { passive: true });

  function leave(toast) {
    var timer;
    function start() { clearTimeout(timer); timer = setTimeout(function () { toast.remove(); }, 8000); }
    function stay() { clearTimeout(timer); }
    ['mouseenter', 'focusin'].forEach(function (n) { toast.addEventListener(n, stay); });
    ['mouseleave', 'focusout'].forEach(function (n) { toast.addEventListener(n, start); });
    start();
  }
  window.hanseToast = function (template) {
    var toast = template.content.firstElementChild.cloneNode(true);
    document.getElementById('toasts').appendChild(toast);
    leave(toast);
  };
  document.addEventListener('DOMContentLoaded', function () {
    document.querySelectorAll('[data-toast]').forEach(leave);
    var error = document.querySelector('[data-focus]');
    if (error) error.focus();
    var wrong = document.querySelector('dialog[data-open]');
    if (wrong) wrong.showModal();
  });
})();
