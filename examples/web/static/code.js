// Counts down until the code can be sent again. Without this script the page says how long it takes.
const wait = document.getElementById("wait");
const button = document.getElementById("resend");
const until = performance.now() + Number(wait.dataset.seconds) * 1000;

function show() {
  const left = Math.ceil((until - performance.now()) / 1000);
  button.disabled = left > 0;
  if (left > 0) {
    wait.textContent = wait.dataset.countdown.replace("{count}", String(left));
    setTimeout(show, 250);
  } else {
    // Only this is worth interrupting somebody for.
    wait.setAttribute("role", "status");
    wait.textContent = wait.dataset.ready;
  }
}

show();
