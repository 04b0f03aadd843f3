namespace ModelCompiler;

/// <summary>The compiler's vocabulary: what every operator is made of in the end. Each stands in the folder of its
/// operator, with its gradient.</summary>
public static partial class Primitives;
