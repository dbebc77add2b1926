document.title = 'pitot';
