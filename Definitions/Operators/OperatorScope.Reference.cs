namespace ModelCompiler;

/// <summary>Eager tensors have no names.</summary>
readonly partial struct OperatorScope
{
    public static partial OperatorScope Of(string name) => default;

    public partial void Dispose() { }
}
