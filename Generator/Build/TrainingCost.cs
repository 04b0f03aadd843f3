namespace ModelCompiler.Build;

/// <summary>What training costs at the largest dims.</summary>
/// <param name="StepFlops">Floating-point operations of a step: forward, backward and update.</param>
/// <param name="ActivationBytes">Planned bytes of a step's activations.</param>
/// <param name="TotalBytes">Those, and parameters, gradients and optimizer state.</param>
sealed record TrainingCost(long StepFlops, long ActivationBytes, long TotalBytes);
