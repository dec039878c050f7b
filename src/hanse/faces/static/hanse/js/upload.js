/* A file that is too large is told before it is sent: data-most-bytes on the input, data-too-large on the words. */
document.addEventListener('change', function (event) {
  var input = event.target;
  if (!input.dataset || !input.dataset.mostBytes) return;
  var form = input.closest('form');
  var words = form.querySelector('[data-too-large]');
  var isTooLarge = Array.prototype.some.call(input.files, function (file) { return file.size > Number(input.dataset.mostBytes); });
  if (words) words.hidden = !isTooLarge;
  input.setAttribute('aria-invalid', String(isTooLarge));
  form.querySelectorAll('button[type=submit]').forEach(function (button) { button.disabled = isTooLarge; });
});
