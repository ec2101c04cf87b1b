// Live regions: `ui.live` says which channel a region listens to and where its inside is fetched again. All regions of
// a page hear through one stream, shared with the other pages of the browser (live-hub.js); a hidden page hears none
// and catches up from what it saw last. A morph never touches a field that holds what somebody has written.
(() => {
  if (!window.htmx || !window.Idiomorph) return;
  const hub = document.currentScript.dataset.hub;
  const isField = (node) => /^(TEXTAREA|INPUT|SELECT)$/.test(node.nodeName) && node.type !== 'hidden';
  const isWritten = (node) => (node.nodeName === 'SELECT'
    ? [...node.options].some((one) => one.selected !== one.defaultSelected)
    : node.value !== node.defaultValue || node.checked !== node.defaultChecked);
  Object.assign(Idiomorph.defaults, { ignoreActiveValue: true });
  Idiomorph.defaults.callbacks.beforeNodeMorphed = (node) => !(isField(node) && isWritten(node));
  Idiomorph.defaults.callbacks.beforeNodeRemoved = (node) => !(node.classList && node.classList.contains('form-bar'));

  const seen = new Map();
  const regions = () => [...document.querySelectorAll('[data-live]')];
  const pathOf = (region) => new URL(region.dataset.live, location.href).pathname;
  function asked() {
    const paths = [...new Set(regions().map(pathOf))];
    return paths.map((path) => {
      const here = regions().filter((region) => pathOf(region) === path);
      const channels = here.flatMap((region) => new URL(region.dataset.live, location.href).searchParams.getAll('channel'));
      return { path, channels, seen: seen.get(path) || here[0].dataset.seen };
    });
  }
  const refresh = (path) => regions().filter((region) => pathOf(region) === path)
    .forEach((region) => htmx.trigger(region.firstElementChild, 'live'));

  function inPage() {
    const { port1, port2 } = new MessageChannel();
    window.joinLive(port2);
    return port1;
  }
  function shared() {
    try {
      return new SharedWorker(hub).port;
    } catch {
      return null; // no such thing here (Android, a strict setting)
    }
  }
  let port = null;
  if (regions().length) {
    port = shared() || inPage();
    port.onmessage = ({ data }) => {
      if (data.seen) seen.set(data.changed, data.seen);
      refresh(data.changed || data.refused); // a region that was refused says why
    };
    const listen = () => port.postMessage({ listen: document.hidden ? [] : asked() });
    listen();
    document.addEventListener('visibilitychange', listen);
    addEventListener('pagehide', () => port.postMessage({ listen: [] }));
    addEventListener('pageshow', (event) => event.persisted && listen());
  }

  document.addEventListener('htmx:responseError', (event) => {
    if (event.detail.xhr.status !== 401 || document.querySelector('.live-notice')) return;
    if (port) port.postMessage({ listen: [] });
    const notice = document.createElement('div');
    notice.className = 'banner is-amber live-notice';
    notice.setAttribute('role', 'alert');
    const words = document.createElement('span');
    words.className = 'banner-text';
    words.textContent = '登录已过期，这一页不再自动更新。写好的内容还在本机。';
    const link = document.createElement('a');
    link.className = 'btn btn-small';
    link.href = location.href;
    link.textContent = '重新登录';
    notice.append(words, link);
    document.getElementById('main').prepend(notice);
  });
})();
