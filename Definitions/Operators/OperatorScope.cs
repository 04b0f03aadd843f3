using System;

namespace ModelCompiler;

/// <summary>
/// Open while a composed operator's body runs: generated code calls the values on the way after the operator. Only
/// names depend on it.
/// </summary>
readonly partial struct OperatorScope : IDisposable
{
    /// <summary>
    /// Opens the scope of an operator, inside those that are open; of nested ones the innermost gives the names.
    /// </summary>
    /// <param name="name">
    /// The operator's name, or that of a part of it; upper case, so that it differs from a field's.
    /// </param>
    public static partial OperatorScope Of(string name);

    public partial void Dispose();
}
