namespace ModelCompiler;

/// <summary>What attention may have besides queries, keys and values, checked.</summary>
/// <param name="Causal">Whether place t sees only places up to t.</param>
/// <param name="Window">Above 0: place t sees only places less than this far from it.</param>
/// <param name="KeyLengths">[B]: keys from this number on are padding; null where all count.</param>
/// <param name="Documents">[B, T]: places see only those of the same number; null for one document.</param>
/// <param name="Bias">[[B or 1,] H or 1,] T, S, added to the scaled scores; null for none.</param>
/// <param name="Dropout">Probability with which a weight becomes 0; 0 where nothing is dropped.</param>
/// <param name="Scale">What scores are multiplied by.</param>
sealed record AttentionOptions(bool Causal, int Window, Tensor<int>? KeyLengths, Tensor<int>? Documents, Tensor? Bias,
    double Dropout, double Scale);
