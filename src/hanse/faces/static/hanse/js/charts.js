/* Starts every chart of a page: <figure data-chart="kind"> with a JSON block and a .plot. The page carries the data, this file the drawing.
   Amounts come as whole minor units with `currency` and `digits`; no currency means a count. Text follows the page's language. */
(function () {
  var language = document.documentElement.lang || 'en-GB';
  if (language === 'en') language = 'en-GB';
  var grid = { left: 4, right: 12, top: 16, bottom: 4, containLabel: true };
  function minus(text) { return text.replace('-', '−'); }
  function units(d) {
    var scale = Math.pow(10, d.digits || 0), money = d.currency ? { style: 'currency', currency: d.currency, currencyDisplay: 'narrowSymbol' } : {};
    function writer(extra) { var f = new Intl.NumberFormat(language, Object.assign({}, money, extra)); return function (v) { return minus(f.format(v)); }; }
    return {
      of: function (list) { return list.map(function (v) { return v === null ? null : v / scale; }); },
      full: writer({ minimumFractionDigits: d.digits || 0, maximumFractionDigits: d.digits || 0 }),
      short: writer({ notation: 'compact', minimumFractionDigits: 0, maximumFractionDigits: 1 })
    };
  }
  function thousands(text) { return text.replace('K', 'k'); }
  function axis(u, split) { return { type: 'value', min: 0, minInterval: 1, splitNumber: split, axisLabel: { formatter: function (v) { return thousands(u.short(v)); } } }; }
  var kinds = {
    trend: function (d, c, narrow) {
      var u = units(d), now = u.of(d.now), before = u.of(d.before), every = Math.max(1, Math.ceil(d.x.length / (narrow ? 4 : 5)));
      return { grid: Object.assign({}, grid, { top: d.mark ? 24 : 16, right: 16 }),
        tooltip: { trigger: 'axis', formatter: function (p) {
          var i = p[0].dataIndex, lines = [];
          if (i < now.length) lines.push(d.x[i], u.full(now[i]));
          if (i < before.length) lines.push((d.px[i] || d.names[1]) + ': ' + u.full(before[i]));
          return lines.join('\n'); } },
        xAxis: { type: 'category', data: d.x, boundaryGap: false, axisLabel: { interval: every - 1, showMinLabel: true, hideOverlap: true } },
        yAxis: axis(u, 4),
        series: [{ name: d.names[1], type: 'line', data: before, color: c.compare, lineStyle: { type: [4, 4], width: 1.5 }, z: 1 },
          { name: d.names[0], type: 'line', data: now, color: c.c1, areaStyle: { color: c.c1, opacity: 0.07 }, z: 2,
            markPoint: d.mark ? { symbol: 'circle', symbolSize: 8, itemStyle: { color: c.c1, borderColor: c.sheet, borderWidth: 2 },
              label: { show: true, position: d.mark.i < d.x.length / 6 ? 'right' : d.mark.i > d.x.length * 5 / 6 ? 'left' : 'top', color: c.ink, fontSize: 11, formatter: d.mark.text },
              data: [{ coord: [d.mark.i, now[d.mark.i]] }] } : undefined }] };
    },
    months: function (d, c, narrow) {
      var u = units(d);
      return { grid: grid, tooltip: { trigger: 'axis', axisPointer: { type: 'none' }, formatter: function (p) { return d.x[p[0].dataIndex] + '\n' + p.map(function (q) { return q.seriesName + ': ' + u.full(q.value); }).join('\n'); } },
        xAxis: { type: 'category', data: d.x, axisLabel: { interval: narrow ? 'auto' : 0, hideOverlap: true } }, yAxis: axis(u, 3),
        series: [{ name: d.names[0], type: 'bar', stack: 'a', data: u.of(d.full), color: c.c1, barWidth: '56%' },
          { name: d.names[1], type: 'bar', stack: 'a', data: u.of(d.hollow).map(function (v) { return v || null; }), color: c['sea-soft'], barWidth: '56%', itemStyle: { borderColor: c.c1, borderWidth: 1.5 } }] };
    },
    risk: function (d, c, narrow) {
      var u = units(d), x = u.of(d.sales), first = u.of(d.first), second = u.of(d.second), scale = Math.pow(10, d.digits || 0);
      function pairs(list) { return list.map(function (v, i) { return [x[i], v]; }); }
      function short(v) { return thousands(u.short(v)); }
      return { grid: { left: 4, right: 20, top: d.equal.length ? 28 : 16, bottom: 26, containLabel: true },
        tooltip: { trigger: 'axis', formatter: function (p) { return d.axis + ': ' + u.full(p[0].value[0]) + '\n' + p.map(function (q) { return q.seriesName + ': ' + u.full(q.value[1]); }).join('\n'); } },
        xAxis: { type: 'value', min: 0, max: x[x.length - 1], splitNumber: narrow ? 3 : 6, name: d.axis, nameLocation: 'middle', nameGap: 26, splitLine: { show: false }, axisLabel: { formatter: short, hideOverlap: true, showMaxLabel: false } },
        yAxis: { type: 'value', min: 0, splitNumber: 4, axisLabel: { formatter: short } },
        series: [{ name: d.names[1], type: 'line', data: pairs(second), showSymbol: false, color: c.compare, lineStyle: { type: [4, 4], width: 2 } },
          { name: d.names[0], type: 'line', data: pairs(first), showSymbol: false, color: c.c1, lineStyle: { width: 2.5 },
            markPoint: { symbol: 'circle', symbolSize: 9, itemStyle: { color: c.c1, borderColor: c.sheet, borderWidth: 2 }, label: { show: !narrow, position: 'top', color: c.ink, fontSize: 11 },
              data: d.stands.map(function (s) { return { coord: [s.x / scale, s.y / scale], label: { formatter: s.name } }; }) },
            markLine: { symbol: 'none', silent: true, lineStyle: { color: c['line-strong'], type: 'solid' }, data: d.equal.map(function (e) { return { xAxis: e.x / scale, label: { formatter: e.text, position: 'end', color: c.muted, fontSize: 11 } }; }) } }] };
    },
    field: function (d, c, narrow) {
      var u = units(d), scale = Math.pow(10, d.digits || 0);
      function short(v) { return thousands(u.short(v)); }
      return { grid: { left: 8, right: 20, top: 34, bottom: 26, containLabel: true },
        tooltip: { formatter: function (p) { return p.data.n + '\n' + u.full(p.data.value[0]) + ' · ' + p.data.r + '\n' + p.data.t; } },
        xAxis: { type: 'log', min: d.from / scale, max: d.to / scale, name: d.axis, nameLocation: 'middle', nameGap: 24, axisLine: { onZero: false }, axisLabel: { formatter: short, showMinLabel: false, showMaxLabel: false, hideOverlap: true } },
        yAxis: { type: 'value', min: -5, max: 5, show: false },
        series: [{ type: 'scatter', symbolSize: narrow ? 11 : 17, data: d.points.map(function (p) {
          var named = p.l && !narrow;
          return { value: [p.v / scale, p.y], n: p.n, r: p.r, t: p.t, itemStyle: { color: c[p.k], borderColor: p.l ? c.ink : c.sheet, borderWidth: p.l ? 2 : 1.5 },
            label: { show: !!named, formatter: p.l || '', position: p.pos || 'top', color: c.ink, fontSize: 11, fontWeight: 500, distance: 6 + (p.far || 0) } }; }),
          markArea: { silent: true, itemStyle: { color: c['sea-soft'] }, label: { color: c.muted, fontSize: 11, position: 'insideTop', distance: -22 },
            data: d.bands.map(function (b) { return [{ xAxis: b.from / scale, name: b.name, itemStyle: { opacity: b.o } }, { xAxis: b.to / scale }]; }) } }] };
    },
    sizes: function (d, c, narrow) {
      return { grid: grid, tooltip: { trigger: 'axis', axisPointer: { type: 'none' }, formatter: function (p) { return d.x[p[0].dataIndex] + '\n' + p.slice().reverse().map(function (q) { return q.seriesName + ': ' + q.value; }).join('\n'); } },
        xAxis: { type: 'category', data: d.x, axisLabel: { interval: narrow ? 'auto' : 0, hideOverlap: true } }, yAxis: { type: 'value', min: 0, minInterval: 1, splitNumber: 3 },
        series: d.series.map(function (s) { return { name: s.name, type: 'bar', stack: 'a', data: s.data, color: c[s.key], barWidth: '58%', itemStyle: { borderRadius: 0, borderColor: c.sheet, borderWidth: 1 },
          label: { show: true, formatter: function (p) { return p.value * 15 < d.most ? '' : p.value; }, fontSize: 11, color: s.key === 't-power' || s.key === 't-growth' ? c.sheet : c.ink } }; }) };
    },
    bars: function (d, c, narrow) {
      var u = units(d), width = d.before ? '32%' : '56%', series = [{ name: d.names[0], type: 'bar', data: u.of(d.now), color: c.c1, barWidth: width }];
      if (d.before) series.push({ name: d.names[1], type: 'bar', data: u.of(d.before).map(function (v) { return v || null; }), color: c['sea-soft'], barWidth: width, barGap: '10%', itemStyle: { borderColor: c.c1, borderWidth: 1.5 } });
      return { grid: grid, tooltip: { trigger: 'axis', axisPointer: { type: 'none' }, formatter: function (p) { return p[0].name + '\n' + (d.before ? p.map(function (q) { return q.seriesName + ': ' + u.full(q.value || 0); }).join('\n') : u.full(p[0].value)); } },
        xAxis: { type: 'category', data: d.x, axisLabel: { interval: narrow && !d.before ? 'auto' : 0, hideOverlap: true, width: d.before ? (narrow ? 64 : 96) : undefined, overflow: d.before ? 'truncate' : 'none', rotate: d.before && narrow ? 40 : 0 } }, yAxis: axis(u, 3),
        series: series };
    }
  };
  function draw(scope) {
    if (!window.echarts) return;
    var c = window.hanseTheme();
    (scope || document).querySelectorAll('[data-chart]').forEach(function (fig) {
      var plot = fig.querySelector('.plot'), data = JSON.parse(fig.querySelector('script[type="application/json"]').textContent);
      var old = echarts.getInstanceByDom(plot);
      if (old) old.dispose();
      var chart = echarts.init(plot, c.theme, { renderer: 'svg' });
      var still = matchMedia('(prefers-reduced-motion: reduce)').matches;
      chart.setOption(Object.assign({ animation: !still }, kinds[fig.dataset.chart](data, c, plot.clientWidth < 480)));
      new ResizeObserver(function () { if (!chart.isDisposed()) chart.resize(); }).observe(plot);
    });
  }
  document.fonts.ready.then(function () { draw(); });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', function () { draw(); });
  document.addEventListener('hanse:theme', function () { draw(); });
  document.addEventListener('htmx:afterSwap', function (event) { draw(event.target); });
})();
