#!/bin/bash
cat $SONG
