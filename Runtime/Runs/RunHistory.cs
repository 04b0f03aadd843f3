using System;

namespace ModelCompiler.Runtime.Runs;

/// <summary>
/// The course of a run in bounded memory: when it is full, each two neighbours become one and from then on take twice
/// as many steps.
/// </summary>
sealed class RunHistory(int capacity = RunHistory.Points)
{
    /// <summary>More than a screen has columns.</summary>
    public const int Points = 2000;

    readonly Point[] points = new Point[capacity];
    int stepsEach = 1;

    /// <summary>Points in use.</summary>
    public int Count { get; private set; }

    /// <summary>One point, of one step or of several.</summary>
    public Point this[int index] => points[index];

    public void Add(in StepReport step)
    {
        if (Count == 0 || points[Count - 1].Steps >= stepsEach)
        {
            if (Count == points.Length) Halve();
            if (Count == 0 || points[Count - 1].Steps >= stepsEach) points[Count++] = default;
        }
        ref Point point = ref points[Count - 1];
        point.Last = step.Step;
        point.Steps++;
        point.Loss += step.Loss;
        point.Norm += step.GradientNorm;
        point.Seconds += step.Seconds;
        point.Items += step.Rate * step.Seconds;
        point.LearningRate = step.LearningRate;
    }

    void Halve()
    {
        int half = Count / 2;
        for (int i = 0; i < half; i++)
        {
            Point a = points[2 * i], b = points[2 * i + 1];
            points[i] = b with
            {
                Steps = a.Steps + b.Steps, Loss = a.Loss + b.Loss, Norm = a.Norm + b.Norm,
                Seconds = a.Seconds + b.Seconds, Items = a.Items + b.Items,
            };
        }
        if (Count % 2 == 1) points[half] = points[Count - 1];
        Count = half + Count % 2;
        stepsEach *= 2;
    }

    /// <summary>Sums over some steps.</summary>
    internal record struct Point
    {
        public int Last, Steps;
        public double Loss, Norm, Seconds, Items;
        public float LearningRate;

        public readonly double MeanLoss => Loss / Steps;
        public readonly double MeanNorm => Norm / Steps;
        public readonly double Rate => Items / Seconds;
    }
}
