// The search runs in a worker, and browsers start none for a page that is opened from a folder. There, a frame
// takes its place: the same script, in a page of its own, with messages passed both ways.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(address) {
      super()
      const frame = document.createElement("iframe")
      frame.hidden = true
      document.documentElement.append(frame)
      this.inside = frame.contentWindow
      this.inside.postMessage = data => this.dispatchEvent(new MessageEvent("message", { data }))
      this.ready = new Promise((ready, failed) => {
        const script = frame.contentDocument.createElement("script")
        Object.assign(script, { src: address, onload: ready, onerror: failed })
        frame.contentDocument.head.append(script)
      })
    }

    postMessage(data) {
      this.ready.then(() => this.inside.dispatchEvent(new MessageEvent("message", { data })))
    }
  }
}
