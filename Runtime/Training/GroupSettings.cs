namespace ModelCompiler.Runtime.Training;

/// <summary>What a tensor's group says of it.</summary>
/// <param name="RateScale">Its learning rate as a multiple of the trainer's.</param>
/// <param name="Decay">Its weight decay.</param>
public readonly record struct GroupSettings(float RateScale, float Decay);
