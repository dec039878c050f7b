/* data-resource-copied="path" with data-id tells the server that a text of the library was copied. */
document.addEventListener('click', function (event) {
  var button = event.target.closest('[data-resource-copied]');
  var token = document.querySelector('[name=csrfmiddlewaretoken]');
  if (!button || !token) return;
  var body = new URLSearchParams({ id: button.dataset.id });
  fetch(button.dataset.resourceCopied, { method: 'POST', headers: { 'X-CSRFToken': token.value }, body: body });
});
