import { byID, copyFrom, dialogByID } from "./element.js"

/** Shows the file that the node serves as an example, as the page of somebody else would hold it. */
export function showCodeOnDemand() {
    const dialog = dialogByID("code")
    const text = byID("code-text")
    byID("show-code").addEventListener("click", async () => {
        const answer = await fetch("/demo/ten-lines.js")
        const lines = (await answer.text()).trim().replaceAll('"/client/', `"${location.origin}/client/`)
        text.textContent = `<script type="module">\n${lines}\n</script>`
        dialog.showModal()
    })
    byID("close-code").addEventListener("click", () => dialog.close())
    byID("copy-code").addEventListener("click", () => copyFrom(byID("copy-code"), text.textContent ?? ""))
}
