"""The page Google sends people back to. `{nonce}` is filled in for each answer."""

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Signing in to Bobine</title>
<style nonce="{nonce}">
  body { font: 16px/1.5 system-ui, sans-serif; display: grid; place-content: center; min-height: 90vh;
         text-align: center; background: #14110f; color: #f4ede4 }
  button, a { font: inherit; color: inherit; padding: .6em 1.2em; border: 1px solid #e8a33d; border-radius: 8px;
              background: none; cursor: pointer }
  .error { color: #ff9c8a }
</style>
<main>
  <p id="status" role="status">Signing in…</p>
  <button id="go" hidden>Continue</button>
</main>
<script nonce="{nonce}">
  const status = document.getElementById("status"), go = document.getElementById("go")
  const say = (text, bad) => { status.textContent = text; status.className = bad ? "error" : "" }
  const answer = new URLSearchParams(location.hash.slice(1))
  history.replaceState(null, "", location.pathname) // a token does not belong in the history

  const cookie = document.cookie.split("; ").find(c => c.startsWith("bobine-oauth-state="))
  const expected = cookie && cookie.split("=")[1]

  // Whose token is it? Read for display only; the server verifies it.
  function email(token) {
    try { return JSON.parse(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"))).email }
    catch { return "?" }
  }

  async function exchange(idToken) {
    say("Signing in…")
    const response = await fetch("/api/auth/google", {
      method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ idToken, state: answer.get("state") }),
    })
    const body = await response.json().catch(() => ({}))
    if (!response.ok) return say(body.error || "Sign-in failed", true)
    const message = { type: "bobine-auth", token: body.token, user: body.user }
    if (window.opener) {
      window.opener.postMessage(message, location.origin)
      say("Signed in. You can close this window.")
      window.close()
    } else {
      say("Signed in. Returning to the app…")
      const link = document.createElement("a")
      link.href = "bobine://oauth-callback#" + new URLSearchParams({ token: body.token })
      link.textContent = "Open the app"
      document.querySelector("main").append(link)
      location.href = link.href
    }
  }

  const token = answer.get("id_token")
  if (!token) say(answer.get("error") || "Google sent no token", true)
  else if (expected && expected === answer.get("state")) exchange(token)
  else { // started elsewhere (a desktop app): ask, so that nobody is signed in to somebody else's account unawares
    say("Sign in as " + email(token) + "?")
    go.hidden = false
    go.onclick = () => { go.hidden = true; exchange(token) }
  }
</script>
</html>
"""
