// Live regions: `ui.live` writes the htmx attributes; a signal on the stream makes htmx fetch the region again.
// This file sets what the attributes cannot say:
// - a morph never touches the field that is being typed in;
// - a new connection says which event was seen last (the browser does so only when it reconnects by itself);
// - a hidden tab gives its connection back and asks once when it is shown again, unless the page says data-live-keep.
(() => {
  if (!window.htmx || !window.Idiomorph) return;
  Object.assign(Idiomorph.defaults, { ignoreActiveValue: true });

  const lastIds = new Map();
  const sources = new Map();

  htmx.createEventSource = (url) => {
    const last = lastIds.get(url);
    const address = new URL(url, location.href);
    if (last) address.searchParams.set('last_event_id', last);
    const source = new EventSource(address.href);
    const listen = source.addEventListener.bind(source);
    source.addEventListener = (name, handler, options) => listen(name, (event) => {
      if (event.lastEventId) lastIds.set(url, event.lastEventId);
      handler(event);
    }, options);
    sources.set(url, source);
    return source;
  };

  const regions = () => document.querySelectorAll('[sse-connect]');
  const refresh = (region) => {
    const inner = region.querySelector('[hx-get]');
    if (inner) htmx.trigger(inner, inner.getAttribute('hx-trigger'));
  };

  // The extension connects an element when htmx has processed it; say so once more.
  const connectAgain = (region) => {
    [region, ...region.querySelectorAll('[hx-trigger]')].forEach((one) => htmx.trigger(one, 'htmx:afterProcessNode'));
  };

  const keep = document.documentElement.hasAttribute('data-live-keep') || document.querySelector('[data-live-keep]');
  let slept = false;
  document.addEventListener('visibilitychange', () => {
    if (keep) return;
    if (document.hidden) {
      sources.forEach((source) => source.close());
      slept = true;
    } else if (slept) {
      slept = false;
      regions().forEach(connectAgain);
    }
  });

  // After a lost connection the region may have missed signals: ask once.
  const opened = new WeakSet();
  document.addEventListener('htmx:sseOpen', (event) => {
    if (opened.has(event.target)) refresh(event.target);
    opened.add(event.target);
  });
})();
