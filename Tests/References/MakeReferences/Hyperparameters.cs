namespace ModelCompiler.Tests.References.MakeReferences;

/// <summary>What the two optimizer runs use; the README repeats these numbers.</summary>
static class Hyperparameters
{
    public const double WeightDecay = 0.01;

    public const double AdamWRate = 1e-3, Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8;
    public const int AdamWSteps = 10;

    public const double SgdRate = 0.05, Momentum = 0.9;
    public const int SgdSteps = 3;
}
