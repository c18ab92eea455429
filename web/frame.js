// The room that a report is shown in: it is sent here, and can reach nothing of the page around it.
addEventListener("message", (event) => {
  if (event.source !== parent || typeof event.data?.report !== "string") return;
  document.open();
  document.write(event.data.report);
  document.close();
});
parent.postMessage("ready", "*");
