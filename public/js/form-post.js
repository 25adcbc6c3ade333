// Sends the one form of the page at once (OAuth 2.0 Form Post Response Mode); without scripts the button does.
document.getElementById("form-post").submit();
