/* A chart as a file: CSV from its table, SVG and PNG from its drawing. */
(function () {
  function save(blob, name) {
    var link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 1000);
  }
  function csv(table) {
    return Array.from(table.rows).map(function (row) {
      return Array.from(row.cells).map(function (cell) {
        var text = cell.dataset.v !== undefined ? cell.dataset.v : cell.textContent.trim();
        if (cell.dataset.v === undefined && /^[=+\-@\t]/.test(text)) text = "'" + text;
        return '"' + text.replace(/"/g, '""') + '"';
      }).join(',');
    }).join('\r\n');
  }
  /* Taken from the page, not from ECharts: its own text does not escape the quotes of a font's name. */
  function drawing(plot) { return new XMLSerializer().serializeToString(plot.querySelector('svg')); }
  function png(plot, name) {
    var size = plot.getBoundingClientRect(), picture = new Image();
    picture.onload = function () {
      var canvas = document.createElement('canvas'), pen = canvas.getContext('2d');
      canvas.width = size.width * 2; canvas.height = size.height * 2;
      pen.fillStyle = getComputedStyle(document.querySelector('.sheet') || document.body).backgroundColor;
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
      canvas.toBlob(function (blob) { save(blob, name); });
    };
    picture.src = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(drawing(plot));
  }
  document.addEventListener('click', function (event) {
    var button = event.target.closest('[data-save]');
    if (!button) return;
    var fig = button.closest('[data-chart]'), name = fig.dataset.name + '.' + button.dataset.save, plot = fig.querySelector('.plot');
    if (button.dataset.save === 'csv') save(new Blob(['\ufeff' + csv(fig.querySelector('table'))], { type: 'text/csv' }), name);
    else if (button.dataset.save === 'svg') save(new Blob([drawing(plot)], { type: 'image/svg+xml' }), name);
    else png(plot, name);
  });
})();
