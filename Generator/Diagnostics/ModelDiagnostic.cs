namespace ModelCompiler.Diagnostics;

/// <summary>A finding at one node of one declaration, before it has a position in a file.</summary>
/// <param name="Id">Key of the catalog.</param>
/// <param name="Declaration">Full name of the class whose node it is.</param>
/// <param name="Node">Number of the node; -1 for the class.</param>
/// <param name="Message">What, where and the way out.</param>
sealed record ModelDiagnostic(string Id, string Declaration, int Node, string Message);
