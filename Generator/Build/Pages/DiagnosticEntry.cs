namespace ModelCompiler.Build.Pages;

/// <summary>A diagnostic as its README describes it.</summary>
/// <param name="Id">MC and four digits.</param>
/// <param name="Title">A few words.</param>
/// <param name="Severity">error, warning or note.</param>
/// <param name="Text">What triggers it and the way out, as Markdown.</param>
/// <param name="Example">Code that triggers it and what is said about it, as Markdown, or empty.</param>
sealed record DiagnosticEntry(string Id, string Title, string Severity, string Text, string Example);
