// Controls that could not be told from the page in forced colours, controls without a ring around them when they
// have the focus, and icons that keep a colour of their own.
(() => {
    const found = [];
    const none = color => color === 'transparent' || color === 'rgba(0, 0, 0, 0)';
    const ground = getComputedStyle(document.body).backgroundColor;
    const controls = [...document.querySelectorAll('a, button, input, [tabindex="0"]')];
    for (const control of controls) {
        if (control.closest('[inert]') || !control.checkVisibility({ visibilityProperty: true })) continue;
        const name = control.getAttribute('aria-label') ?? control.innerText.trim().split('\n')[0];
        const style = getComputedStyle(control);
        const own = none(style.backgroundColor) ? ground : style.backgroundColor;
        const says = control.innerText.trim() || control.value || control.placeholder;
        const text = says && style.color !== own;
        const border = style.borderTopStyle !== 'none' && parseFloat(style.borderTopWidth) > 0 && style.borderTopColor !== own;
        const icon = [...control.querySelectorAll('svg')].some(drawn => getComputedStyle(drawn).stroke !== own);
        if (!text && !border && !icon) found.push(`'${name}' cannot be seen`);
        control.focus();
        // A field shows by its caret that it has the focus; a card has the ring around all of it.
        const caret = control.matches('input') && getComputedStyle(control).caretColor !== ground;
        const drawn = caret || [undefined, '::after'].some(part => {
            const ring = getComputedStyle(control, part);
            return ring.outlineStyle !== 'none' && parseFloat(ring.outlineWidth) >= 2 && ring.outlineColor !== ground;
        });
        if (document.activeElement === control && !drawn) found.push(`'${name}' shows no focus`);
        control.blur();
    }
    for (const icon of document.querySelectorAll('svg.icon')) {
        if (!icon.checkVisibility({ visibilityProperty: true })) continue;
        const beside = icon.parentElement;
        if (getComputedStyle(icon).color !== getComputedStyle(beside).color)
            found.push(`the icon of ${beside.tagName}.${beside.className} keeps its own colour`);
    }
    return found;
})()
