// The names of the controls of bar, page and dialog that can be seen or scrolled to, and that nothing lies upon.
(() => {
    const controls = [...document.querySelectorAll(':is(header, main, dialog) :is(a, button, input)')];
    const reachable = control => {
        if (control.closest('[inert]') || !control.checkVisibility({ visibilityProperty: true })) return false;
        control.scrollIntoView({ block: 'center', inline: 'nearest' });
        // What has withdrawn to the edge comes back with the focus.
        const withdrawn = control.getBoundingClientRect().top < 0;
        if (withdrawn) control.focus();
        const { left, right, top, bottom } = control.getBoundingClientRect();
        const [x, y] = [(left + right) / 2, (top + bottom) / 2];
        if (left < -1 || right > document.documentElement.clientWidth + 1) return false;
        const there = document.elementFromPoint(x, y);
        if (withdrawn) control.blur();
        return there && (control.contains(there) || there.contains(control));
    };
    const names = controls.filter(reachable).map(control => control.getAttribute('aria-label') ?? control.innerText.trim());
    document.querySelectorAll('main, main *').forEach(element => { element.scrollTop = 0; });
    return [...new Set(names.map(name => name.split('\n')[0]))];
})()
