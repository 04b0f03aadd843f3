using System;
using System.Collections.Generic;
using ModelCompiler.Runtime.Diagnostics;

namespace ModelCompiler.Runtime.Cuda.Programs;

/// <summary>Marks between the launches of a pass: what lies between two of them took the time between them.</summary>
sealed class LaunchClock(CudaContext context) : IDisposable
{
    readonly List<CudaEvent> events = [];
    readonly List<(string Name, bool IsCall)> marks = [];

    /// <summary>Marks of the last pass.</summary>
    public int Count => marks.Count;

    public void Begin() => marks.Clear();

    /// <summary>What is launched from here on has another name.</summary>
    /// <param name="name">What it is.</param>
    /// <param name="isCall">Whether it counts, or only goes on with something.</param>
    /// <param name="stream">In which it is launched.</param>
    public void Mark(string name, bool isCall, CudaStream stream)
    {
        if (!isCall && marks.Count > 0 && marks[^1].Name == name) return;
        Record(stream);
        marks.Add((name, isCall));
    }

    /// <summary>Waits for all that was launched, and tells a profile what it took.</summary>
    public void End(CudaStream stream, KernelProfile profile)
    {
        Record(stream);
        stream.Synchronize();
        const double SecondsOfMillisecond = 1e-3;
        for (int i = 0; i < marks.Count; i++)
            profile.RecordLaunch(marks[i].Name,
                CudaEvent.ElapsedTime(events[i], events[i + 1]) * SecondsOfMillisecond, marks[i].IsCall);
    }

    void Record(CudaStream stream)
    {
        if (events.Count == marks.Count) events.Add(new CudaEvent(context));
        events[marks.Count].Record(stream);
    }

    public void Dispose()
    {
        foreach (CudaEvent mark in events) mark.Dispose();
    }
}
