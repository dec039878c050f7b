/* data-copy="text" copies the text; data-copied="path" also tells the server that a link was copied. */
document.addEventListener('click', function (event) {
  var button = event.target.closest('[data-copy]');
  if (!button) return;
  navigator.clipboard.writeText(button.dataset.copy || location.href).then(function () {
    window.hanseToast(document.getElementById('toast-copied'));
    var token = document.querySelector('[name=csrfmiddlewaretoken]');
    if (button.dataset.copied && token) fetch(button.dataset.copied, { method: 'POST', headers: { 'X-CSRFToken': token.value } });
  });
});
