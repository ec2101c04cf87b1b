// One stream of signals for all pages of a browser: as a shared worker where there is such a thing, else in the page.
// A page says through its port which channels it wants to hear ({listen: [{path, channels, seen}]}, none while it is
// hidden) and is told {changed: path, seen} and {refused: path}.
(() => {
  const MOST = 8; // channels that the server takes in one address
  const AGAIN_MS = 20000;
  const wanted = new Map();
  const streams = new Map();

  const numberOf = (mark) => Number((mark || '').split('-')[1]);
  // The earlier of two marks of one process; of two processes none is known: ask again.
  const earlier = (a, b) => {
    if (!a || !b) return a || b;
    if (a.split('-')[0] !== b.split('-')[0]) return 'unknown';
    return numberOf(a) < numberOf(b) ? a : b;
  };
  const tell = (path, message) => wanted.forEach((asked, port) => {
    if (asked.some((one) => one.path === path)) port.postMessage(message);
  });

  function open(path, seen) {
    const before = streams.get(path);
    if (before) before.sources.forEach((source) => source.close());
    clearTimeout(before && before.again);
    const asked = [...wanted.values()].flat().filter((one) => one.path === path);
    const channels = [...new Set(asked.flatMap((one) => one.channels))].sort();
    const stream = { sources: [], seen: before ? earlier(before.seen, seen) : seen };
    streams.set(path, stream);
    for (let n = 0; n < channels.length; n += MOST) {
      const query = new URLSearchParams(channels.slice(n, n + MOST).map((one) => ['channel', one]));
      query.set('last_event_id', stream.seen);
      const source = new EventSource(`${path}?${query}`);
      source.addEventListener('changed', (event) => {
        stream.seen = event.lastEventId;
        tell(path, { changed: path, seen: stream.seen });
      });
      source.addEventListener('error', () => {
        if (source.readyState !== EventSource.CLOSED) return; // it comes back by itself
        tell(path, { refused: path });
        clearTimeout(stream.again);
        stream.again = setTimeout(() => open(path, stream.seen), AGAIN_MS);
      });
      stream.sources.push(source);
    }
    if (!channels.length) streams.delete(path);
  }

  function listen(port, asked) {
    const paths = new Set([...(wanted.get(port) || []), ...asked].map((one) => one.path));
    if (asked.length) wanted.set(port, asked);
    else wanted.delete(port);
    paths.forEach((path) => open(path, (asked.find((one) => one.path === path) || {}).seen || (streams.get(path) || {}).seen || ''));
  }

  const join = (port) => {
    port.onmessage = (event) => listen(port, event.data.listen);
  };
  if ('SharedWorkerGlobalScope' in self) self.onconnect = (event) => join(event.ports[0]);
  else self.joinLive = join;
})();
