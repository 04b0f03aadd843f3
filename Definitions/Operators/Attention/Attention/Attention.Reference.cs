namespace ModelCompiler;

public static partial class Operators
{
    private static partial Tensor? Fused(Tensor query, Tensor key, Tensor value, AttentionOptions options) => null;
}
