using System;

namespace ModelCompiler;

/// <summary>
/// Open while a composed operator's body runs: generated code calls the values on the way after the operator. Only names depend on it.
/// </summary>
readonly partial struct OperatorScope : IDisposable
{
    /// <summary>Opens the scope of an operator; of nested ones the innermost counts.</summary>
    /// <param name="name">The operator's name.</param>
    public static partial OperatorScope Of(string name);

    public partial void Dispose();
}
