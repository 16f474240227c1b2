// What would move for people who asked for no motion.
(() => {
    const moving = document.getAnimations().map(animation => `moves: ${animation.animationName ?? animation.transitionProperty}`);
    const lasts = durations => durations.split(',').some(duration => parseFloat(duration) > 0);
    for (const element of document.querySelectorAll('*'))
        for (const part of [undefined, '::before', '::after']) {
            const style = getComputedStyle(element, part);
            const name = `${element.tagName}.${element.getAttribute('class') ?? ''}${part ?? ''}`;
            if (lasts(style.transitionDuration)) moving.push(`would move without being asked to: ${name}`);
            if (style.animationName !== 'none' && lasts(style.animationDuration)) moving.push(`is animated: ${name}`);
        }
    return [...new Set(moving)];
})()
